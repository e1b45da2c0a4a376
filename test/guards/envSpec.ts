import { ENV_SPECS } from '../../config/env';

export type EnvName = keyof typeof ENV_SPECS;
type Spec = { readonly desc: string; readonly default?: unknown; _parse(text: string): unknown };

export const ENV_NAMES = Object.keys(ENV_SPECS) as EnvName[];

export const specOf = (name: EnvName): Spec => ENV_SPECS[name] as unknown as Spec;

/** A value as somebody writes it, as the service reads it; blank is unset. */
export const readAs = (name: EnvName, text: string): unknown => (text === '' ? undefined : specOf(name)._parse(text));
