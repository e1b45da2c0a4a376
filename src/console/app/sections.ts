import { may, seesAll } from '../api/self';
import type { Scope } from '../api/types';
import { t } from '../texts';
import type { IconName } from '../widgets/icon';

/** A view that has a place in the navigation, and what a key must have to use it. */
export type Section = {
  readonly section: string;
  readonly icon: IconName;
  readonly label: string;
  readonly needs: Scope;
  /** Not for keys that see only their own broadcasts. */
  readonly isOfAll?: boolean;
};

export const COMPOSE: Section = { section: 'compose', icon: 'compose', label: t.app.compose, needs: 'send' };

export const MAIN: readonly Section[] = [
  { section: 'broadcasts', icon: 'broadcast', label: t.app.broadcasts, needs: 'read' },
  { section: 'replies', icon: 'reply', label: t.app.replies, needs: 'read' },
  { section: 'people', icon: 'person', label: t.app.people, needs: 'read' },
];

/** On a phone behind "More". */
export const FURTHER: readonly Section[] = [
  { section: 'lists', icon: 'list', label: t.app.lists, needs: 'read' },
  { section: 'templates', icon: 'template', label: t.app.templates, needs: 'read' },
  { section: 'opt-outs', icon: 'stop', label: t.app.optOuts, needs: 'read' },
  { section: 'webhooks', icon: 'webhook', label: t.app.webhooks, needs: 'read', isOfAll: true },
  { section: 'audit', icon: 'audit', label: t.app.audit, needs: 'manage' },
  { section: 'keys', icon: 'key', label: t.app.keys, needs: 'manage' },
  { section: 'account', icon: 'account', label: t.app.account, needs: 'read' },
];

export const sectionOf = (name: string): Section | undefined =>
  [COMPOSE, ...MAIN, ...FURTHER].find(({ section }) => section === (name === '' ? 'broadcasts' : name));

/** Whether the key lets its holder use it. */
export const isOpen = ({ needs, isOfAll = false }: Section): boolean => may(needs) && (!isOfAll || seesAll());
