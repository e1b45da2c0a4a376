import { PROBLEMS, type Problem, type ProblemCode } from '../../domain/wording/problems';

/** One page for each type of problem, and one that lists them: plain HTML that needs no script. */
export type ProblemPages = {
  readonly list: () => string;
  /** Null for a type that there is not. */
  readonly page: (code: string) => string | null;
};

/** `statusOf`: the HTTP status of a type of problem. */
export function createProblemPages(statusOf: (code: ProblemCode) => number): ProblemPages {
  const all = Object.entries(PROBLEMS) as [ProblemCode, Problem][];
  return {
    list: () =>
      framed(
        'Problems',
        '../',
        `<h1>Problems</h1>
<p>Every error is <code>application/problem+json</code>; its <code>type</code> is the address of one of these pages. An error
means that nothing was done.</p>
<ul>
${all.map(([code, { title }]) => `<li><a href="problems/${code}">${marked(title)}</a> <span class="status">${statusOf(code)} <code>${code}</code></span></li>`).join('\n')}
</ul>`,
      ),
    page: (code) => {
      const found = all.find(([known]) => known === code);
      return found === undefined ? null : problemPage(found[0], found[1], statusOf(found[0]));
    },
  };
}

const problemPage = (code: ProblemCode, { title, when, remedy }: Problem, status: number): string =>
  framed(
    title,
    '../../',
    `<h1>${marked(title)}</h1>
<p class="status">${status} <code>${code}</code></p>
<dl>
<dt>When it comes</dt>
<dd>${marked(when)}</dd>
<dt>What to do</dt>
<dd>${marked(remedy)}</dd>
</dl>`,
  );

/** `root`: the way to the addresses of the service, which may stand under a path of a proxy. */
const framed = (title: string, root: string, content: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${marked(title).replaceAll(/<\/?code>/g, '')}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}docs/docs.css">
</head>
<body>
<header class="top">
<p class="name">Bulk SMS broadcaster</p>
<nav aria-label="Documents"><a href="${root}docs">API</a> <a href="${root}docs/problems">Problems</a></nav>
</header>
<main class="text">
${content}
</main>
</body>
</html>
`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Words with `code` in them, as HTML. */
const marked = (words: string): string =>
  words.replaceAll(/[&<>"]/g, (one) => ENTITIES[one] ?? one).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
