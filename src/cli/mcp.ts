import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { ADDRESS_OPTIONS, serviceAddress } from './calls/serviceAddress';
import { createMcpServer } from './mcp/mcpServer';
import { complaint, readOptions } from './terminal/commandLine';

const HELP = `Lets an agent use a running service: a server of the Model Context Protocol (MCP) on standard input and output.
It may read as it likes, and sends only what a preview showed. An MCP client starts it; by hand it waits for JSON-RPC.

  --url URL, --key KEY     of the service (SMS_URL, SMS_KEY)
  --help                   this text
`;

/** Standard output is the protocol's: whatever people are to know goes to standard error. */
const note = (line: string): void => console.error(line);

async function main(): Promise<void> {
  const options = readOptions(HELP, ADDRESS_OPTIONS);
  if (options === null) return;
  const address = serviceAddress(options);
  await createMcpServer({ address, note }).connect(new StdioServerTransport());
  note(`Ready, for the service at ${new URL(address.url).host}.`);
}

// The client is gone; there is nobody left to answer. When it closes our input, the process ends by itself.
process.stdout.on('error', () => process.exit(0));

main().catch((error: unknown) => {
  note(complaint(error, HELP));
  process.exitCode = 1;
});
