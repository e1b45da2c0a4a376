/** What was said instead of an answer, and what to do about it. */
export function whyNotAsked({ reason }: { readonly reason: string }): [said: string, remedy: string] {
  return [
    `could not be asked. ${reason}`,
    'Try again later; if it stays so, check PLIVO_API_URL, the way out of this network, and HTTPS_PROXY.',
  ];
}
