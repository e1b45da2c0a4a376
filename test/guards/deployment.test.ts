import { load } from 'js-yaml';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ENV_NAMES } from './envSpec';
import { projectFile, ROOT, SCRIPTS_BY_NAME } from './projectFile';

type Service = {
  readonly build?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
};
const compose = load(projectFile('compose.yaml')) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
const dockerfile = projectFile('Dockerfile');
const unit = projectFile('deploy/bulk-sms-broadcaster.service');
const settings = (text: string) => [...text.matchAll(/(?:^|\s)([A-Z][A-Z_]+)=(?=\S)/gm)].map(([, name]) => name!);
const OURS = Object.values(compose.services).filter(({ build }) => build !== undefined);

it.each([
  ['Dockerfile', settings(dockerfile.replace(/^#.*$/gm, ''))],
  ['the systemd unit', settings([...unit.matchAll(/^Environment=(.*)$/gm)].map(([, set]) => set!).join('\n'))],
  ['compose.yaml', OURS.flatMap(({ environment = {} }) => Object.keys(environment))],
])('%s sets variables that there are', (_file, names) => {
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !(ENV_NAMES as readonly string[]).includes(name))).toEqual([]);
});

it('Each starts what npm start does', () => {
  const [command = ''] = /^CMD (\[.*\])$/m.exec(dockerfile)?.slice(1) ?? [];
  expect((JSON.parse(command) as string[]).join(' ')).toBe(SCRIPTS_BY_NAME['start']);
  expect(unit).toContain(`ExecStart=/usr/bin/${SCRIPTS_BY_NAME['start'] ?? ''}`);
});

it('The image is made of what is there, and of what the service needs once it is built', () => {
  const [fromHere, fromBuild] = [/^COPY (?!--from)(.*) \S+$/gm, /^COPY --from=build \/app\/(\S+) \S+$/gm].map((line) =>
    [...dockerfile.matchAll(line)].flatMap(([, names]) => names!.split(' ')),
  );
  expect(fromHere!.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  expect(fromBuild!.sort()).toEqual(['dist', 'node_modules', 'package.json']);
  expect(projectFile('.dockerignore').split('\n')).toEqual(
    expect.arrayContaining(['.env', '.git', 'data', 'node_modules']),
  );
});

it('Compose mounts files and volumes that there are', () => {
  const sources = Object.values(compose.services).flatMap(({ volumes = [] }) =>
    volumes.map((one) => one.split(':')[0]!),
  );
  const missing = sources.filter((one) =>
    one.startsWith('./') ? !existsSync(join(ROOT, one)) : !(one in compose.volumes),
  );
  expect(missing).toEqual([]);
});
