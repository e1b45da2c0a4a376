import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

/** The parts of `openapi.yaml` that tests look at. */
export type Schema = Readonly<Record<string, unknown>>;
export type Parameter = { readonly name: string; readonly in: string; readonly schema: Schema };
export type Header = { readonly required?: boolean; readonly schema: Schema };
export type Media = { readonly schema?: Schema; readonly example?: unknown; readonly examples?: Schema };
export type Content = Readonly<Record<string, Media>>;
export type Response = { readonly content?: Content; readonly headers?: Readonly<Record<string, Header>> };
export type Operation = {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
};

type Ref = { readonly $ref: string };
type Written = {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, WrittenOperation>> & { parameters?: unknown[] }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};
type WrittenOperation = Omit<Operation, 'parameters' | 'requestBody' | 'responses'> & {
  readonly parameters?: readonly (Parameter | Ref)[];
  readonly requestBody?: { readonly content: Content } | Ref;
  readonly responses: Readonly<Record<string, WrittenResponse | Ref>>;
};
type WrittenResponse = Omit<Response, 'headers'> & { readonly headers?: Readonly<Record<string, Header | Ref>> };

export const DESCRIPTION = load(readFileSync(join(__dirname, '../../../openapi.yaml'), 'utf8')) as Written;

export const SCHEMAS = DESCRIPTION.components.schemas;

/** One method on one path, with what its references stand for. */
export type DescribedRoute = { readonly method: string; readonly path: string; readonly operation: Operation };

export const ROUTES: readonly DescribedRoute[] = Object.entries(DESCRIPTION.paths).flatMap(
  ([path, { parameters = [], ...operations }]) =>
    Object.entries(operations as Record<string, WrittenOperation>).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation: resolved(operation, parameters as Parameter[]),
    })),
);

/** What a reference within the description stands for. */
export function target<T>(given: T | Ref): T {
  if (typeof given !== 'object' || given === null || !('$ref' in given)) return given;
  const keys = given.$ref.replace(/^#\//, '').split('/');
  return target(keys.reduce<unknown>((part, key) => (part as Schema)[key], DESCRIPTION) as T | Ref);
}

function resolved(operation: WrittenOperation, shared: readonly Parameter[]): Operation {
  const { requestBody, parameters = [], responses, ...rest } = operation;
  return {
    ...rest,
    parameters: [...shared, ...parameters].map((parameter) => target<Parameter>(parameter)),
    ...(requestBody === undefined ? {} : { requestBody: target(requestBody) }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [status, withHeaders(target<WrittenResponse>(response))]),
    ),
  };
}

function withHeaders({ headers = {}, ...response }: WrittenResponse): Response {
  const targets = Object.entries(headers).map(([name, header]) => [name, target<Header>(header)]);
  return { ...response, headers: Object.fromEntries(targets) as Readonly<Record<string, Header>> };
}
