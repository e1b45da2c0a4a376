import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import request from 'supertest';
import { projectFile } from '../guards/projectFile';
import { searchPath } from './environment';
import { eventually } from './eventually';

/** Caddy as `deploy/Caddyfile` has it, with a certificate of its own making, before instances on this machine. */
export type Caddy = {
  /** `https://localhost:PORT` */
  readonly url: string;
  /** Of whoever signed its certificate. */
  readonly ca: string;
  stop(): Promise<void>;
};

/** What the file has that only a public machine can do: see `ofThisMachine`. */
const UPSTREAM = 'dynamic a sms 3000';

/** Whether Caddy takes the file as it is. */
export const validate = (): Promise<unknown> =>
  promisify(execFile)('caddy', ['validate', '--adapter', 'caddyfile', '--config', join('deploy', 'Caddyfile')], {
    env: { ...environmentOf(tmpdir()), DOMAIN: 'sms.example.com' },
  });

export async function startCaddy(port: number, instances: readonly string[]): Promise<Caddy> {
  const folder = mkdtempSync(join(tmpdir(), 'caddy-'));
  const config = join(folder, 'Caddyfile');
  writeFileSync(config, ofThisMachine(projectFile('deploy/Caddyfile'), instances));
  const child = spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', config], {
    env: { ...environmentOf(folder), DOMAIN: `localhost:${port}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  const root = join(folder, 'caddy', 'pki', 'authorities', 'local', 'root.crt');
  await eventually(() => {
    if (child.exitCode !== null) throw new Error(said);
    return existsSync(root) && said.includes('serving initial configuration');
  });
  const url = `https://localhost:${port}`;
  const ca = readFileSync(root, 'utf8');
  // It serves before its certificate is there.
  await eventually(() => answersOverTls(url, ca));
  return {
    url,
    ca,
    async stop() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const answersOverTls = (url: string, ca: string): Promise<boolean> =>
  request
    .agent(url)
    .ca(ca)
    .get('/health/live')
    .then(
      () => true,
      () => false,
    );

/** No name server tells where these are, no authority signs for `localhost`, and nothing else of this machine is touched. */
function ofThisMachine(file: string, instances: readonly string[]): string {
  if (!file.includes(UPSTREAM)) throw new Error(`deploy/Caddyfile has no "${UPSTREAM}".`);
  const to = instances.map((url) => new URL(url).host).join(' ');
  const global = '{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tlocal_certs\n}\n';
  return global + file.replace(UPSTREAM, `to ${to}`);
}

const environmentOf = (folder: string) => ({
  PATH: searchPath(),
  HOME: folder,
  XDG_DATA_HOME: folder,
  XDG_CONFIG_HOME: folder,
});
