import type { McpServer, ToolCallback } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import type { Refusals } from './refusal';

/** What a tool found: for programs, and in words for the agent and whoever it works for. */
export type Told<Data> = { readonly data: Data; readonly lines: readonly string[] };

type Described<Input extends z.ZodObject, Output extends z.ZodObject> = {
  readonly title: string;
  readonly description: string;
  /** Strict: a misspelled `sendAt` must not become "at once". */
  readonly input: Input;
  readonly output: Output;
  readonly effect: ToolAnnotations;
};

export type AddTool = <Input extends z.ZodObject, Output extends z.ZodObject>(
  name: string,
  described: Described<Input, Output>,
  run: (input: z.output<Input>, signal: AbortSignal) => Promise<Told<z.output<Output>>>,
) => void;

/** Only looks. What the service knows changes between two calls, whoever calls. */
export const READS: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };

/** Puts tools on a server, all of which tell what they found, or why not, in the same way. */
export const toolAdder =
  (server: McpServer, refusals: Refusals): AddTool =>
  (name, { input, output, effect, ...said }, run) => {
    const call = async (given: never, { signal }: { readonly signal: AbortSignal }): Promise<CallToolResult> => {
      try {
        const { data, lines } = await run(given, signal);
        return { content: [{ type: 'text', text: lines.join('\n') }], structuredContent: data };
      } catch (error) {
        return refusals(name, error);
      }
    };
    server.registerTool(
      name,
      { ...said, inputSchema: input, outputSchema: output, annotations: { title: said.title, ...effect } },
      call as unknown as ToolCallback<typeof input>,
    );
  };
