const start = (name: string) => `<!-- drawn: ${name} -->`;
const END = '<!-- end of drawing -->';

const framed = (drawing: string) => `\n\`\`\`mermaid\n${drawing}\n\`\`\`\n`;

/**
 * Puts a drawing between its two markers in a Markdown text.
 *
 * @throws Error when the markers are missing
 */
export function replaceDrawing(markdown: string, name: string, drawing: string): string {
  const { from, to } = placeOf(markdown, name);
  return `${markdown.slice(0, from)}${framed(drawing)}${markdown.slice(to)}`;
}

function placeOf(markdown: string, name: string): { from: number; to: number } {
  const at = markdown.indexOf(start(name));
  const from = at + start(name).length;
  const to = markdown.indexOf(END, from);
  if (at === -1 || to === -1) throw new Error(`The text has no place for the drawing "${name}".`);
  return { from, to };
}
