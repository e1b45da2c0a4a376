const PAGE = 1000;

type RecipientPage<Line> = { readonly data: readonly Line[]; readonly next: string | null };

/** All recipients of a broadcast, page after page; of one status where it is given. `read` gives the body of a path. */
export async function readRecipients<Line>(
  read: (path: string) => Promise<unknown>,
  broadcastId: string,
  status?: string,
): Promise<Line[]> {
  const lines: Line[] = [];
  const first = `/broadcast/${broadcastId}/recipients?limit=${PAGE}${status === undefined ? '' : `&status=${status}`}`;
  for (let path = first; ;) {
    const page = (await read(path)) as RecipientPage<Line>;
    lines.push(...page.data);
    if (page.next === null) return lines;
    path = `${first}&cursor=${page.next}`;
  }
}
