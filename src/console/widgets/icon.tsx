/** Drawn in strokes on a field of 20 by 20. They stand beside words, so that nothing is read out. */
const PATHS = {
  logo: 'M4 4.5h12A1.5 1.5 0 0 1 17.5 6v6a1.5 1.5 0 0 1-1.5 1.5h-5L7 17v-3.500H4A1.500 1.500 0 0 1 2.500 12V6A1.500 1.500 0 0 1 4 4.500zM6.700 9h.010M10 9h.010M13.300 9h.010',
  broadcast: 'M3 6h14M3 10h10M3 14h7',
  compose: 'M10 4.500v11M4.500 10h11',
  reply: 'M8 5 3.500 9.500 8 14M4 9.500h7.500a5 5 0 0 1 5 5V15',
  person:
    'M10 10a3.200 3.200 0 1 0 0-6.400A3.200 3.200 0 0 0 10 10zM4 16.500c.600-2.700 3-4.200 6-4.200s5.400 1.500 6 4.200',
  list: 'M7.500 5.500H17M7.500 10H17M7.500 14.500H17M3.500 5.500h.010M3.500 10h.010M3.500 14.500h.010',
  template: 'M4 3.500h12v13H4zM7 7.500h6M7 10.500h6M7 13.500h3',
  stop: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM5.200 5.200l9.600 9.600',
  account: 'M2.500 5.500h15v10h-15zM2.500 8.500h15M5.500 12.500h3',
  webhook: 'M3 10h9M8.500 6.500 12 10l-3.500 3.500M15.500 4v12',
  key: 'M6.500 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM10 10h7.500v3M14.500 10v2.500',
  audit: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4.300l2.800 1.700',
  more: 'M4.500 10h.010M10 10h.010M15.500 10h.010',
  pause: 'M7 5v10M13 5v10',
  resume: 'M6.500 4.500 15 10l-8.500 5.500z',
  cancel: 'M5 5l10 10M15 5 5 15',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  back: 'M12 4.500 6.500 10l5.500 5.500',
  download: 'M10 3.500v9M6 9l4 4 4-4M4 16.500h12',
  search: 'M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11zM13 13l4 4',
  file: 'M5 3h6.500L15 6.500V17H5zM11.500 3v3.500H15',
  alert: 'M10 3.500 2.500 16.500h15zM10 8.500v3.500M10 14.300h.010',
  done: 'M4 10.500 8.500 15 16 6',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
