import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFile, ROOT } from './projectFile';

type Locked = {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
};
type Manifest = { readonly license?: string; readonly licenses?: readonly { readonly type: string }[] };
type Component = { readonly name: string; readonly version: string; readonly purl: string };

const { packages } = JSON.parse(projectFile('package-lock.json')) as { packages: Record<string, Locked> };
const LOCKED = Object.entries(packages).filter(([path]) => path !== '');
/** Those that are here; packages for other systems are locked, too, and not installed. */
const INSTALLED = LOCKED.filter(([path]) => existsSync(join(ROOT, path, 'package.json')));
const MANIFEST = JSON.parse(projectFile('package.json')) as Record<string, Record<string, string>>;

/** Whoever passes the service on may do so under its own licence. */
const PERMISSIVE = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', '0BSD'];
const ALSO_FINE = ['PSF-2.0', 'Unlicense', '(AFL-2.1 OR BSD-3-Clause)', 'The MIT License'];

function licenceOf(path: string): string {
  const { license, licenses } = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8')) as Manifest;
  return license ?? licenses?.[0]?.type ?? 'none';
}

it('Every package that is installed is the one that was locked, from the registry', () => {
  expect(INSTALLED.length).toBeGreaterThan(500);
  expect(INSTALLED.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
  expect(LOCKED.filter(([, { resolved = 'https:' }]) => !resolved.startsWith('https:'))).toEqual([]);
});

it('No package that runs with the service has an install script', () => {
  expect(LOCKED.filter(([, { dev, hasInstallScript }]) => dev !== true && hasInstallScript === true)).toEqual([]);
});

it('No install script of a tool is run either, where npm asks for leave', () => {
  const withScript = LOCKED.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const names = withScript.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect(MANIFEST['allowScripts']).toEqual(Object.fromEntries(names.map((name) => [name, false])));
});

it('What runs with the service may be passed on with it', () => {
  const running = INSTALLED.filter(([, { dev }]) => dev !== true);
  const others = running
    .map(([path]) => [path, licenceOf(path)] as const)
    .filter(([, licence]) => ![...PERMISSIVE, ...ALSO_FINE].includes(licence));
  expect(others).toEqual([]);
});

it('The bill of materials has every package that is named, as it is locked', () => {
  const [program, ...options] = MANIFEST['scripts']!['sbom']!.split(' ');
  const printed = execFileSync(program!, options, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const bill = JSON.parse(printed) as { bomFormat: string; components: readonly Component[] };
  expect(bill.bomFormat).toBe('CycloneDX');
  const named = Object.keys({ ...MANIFEST['dependencies'], ...MANIFEST['devDependencies'] });
  const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
  expect(
    named.map((name) => `${name}@${packages[`node_modules/${name}`]!.version}`).filter((one) => !listed.has(one)),
  ).toEqual([]);
});
