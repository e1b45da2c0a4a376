import { signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
const PLACE = 'broadcaster.theme';

export const theme = signal<Theme>(kept());

function kept(): Theme {
  const value = localStorage.getItem(PLACE);
  return value === 'light' || value === 'dark' ? value : 'system';
}

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  localStorage.setItem(PLACE, chosen);
  applyTheme();
}

/** The style sheet has both colours of everything; this says which. */
export function applyTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
}
