/**
 * - `send`: text people, or try out what would become of it, and change broadcasts
 * - `read`: look at everything but keys and the audit log
 * - `manage`: change opt-outs, lists, templates and keys, review replies; keys and the audit log
 * - `approve`: let broadcasts of others go, or not
 */
export const SCOPES = ['send', 'read', 'manage', 'approve'] as const;
export type Scope = (typeof SCOPES)[number];

export const isScope = (word: unknown): word is Scope => SCOPES.some((scope) => scope === word);

/** In the order of `SCOPES`, each once. */
export const scopesAmong = (words: readonly unknown[]): Scope[] => SCOPES.filter((scope) => words.includes(scope));
