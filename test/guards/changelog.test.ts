import { projectFile } from './projectFile';

describe('the changelog', () => {
  const changelog = projectFile('CHANGELOG.md');

  it('has a place for what is not released yet', () => {
    expect(changelog).toMatch(/^## \[Unreleased\]$/m);
  });

  it('names the version of the package', () => {
    const { version } = JSON.parse(projectFile('package.json')) as { version: string };
    expect(changelog).toContain(version);
  });
});
