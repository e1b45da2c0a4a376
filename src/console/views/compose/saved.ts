import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../../api/request';
import { may } from '../../api/self';
import type { List, Page, Template } from '../../api/types';

export type Saved = { readonly lists: readonly List[]; readonly templates: readonly Template[] };

const MOST = 1000;

/** The lists and templates there are to choose from. */
export function useSaved(): Saved {
  const saved = useSignal<Saved>({ lists: [], templates: [] });
  useEffect(() => {
    // Whoever may not see them writes numbers and text.
    if (!may('read')) return;
    const query = { limit: MOST };
    Promise.all([ask<Page<List>>('lists', { query }), ask<Page<Template>>('templates', { query })])
      .then(([lists, templates]) => {
        saved.value = { lists: lists.data, templates: templates.data };
      })
      .catch(() => undefined);
  }, []);
  return saved.value;
}
