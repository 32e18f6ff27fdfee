/*
 * Markdown that shows text as it is on GitHub, GitLab and in CommonMark: no link, image, HTML, mention or heading comes out
 * of a name or a log line. Expects sanitised text.
 */

/** Text inside a paragraph, list item or table cell. */
export function escapeMarkdown(text: string): string {
  const inline = text
    .replace(/[\\`*|~$]/g, '\\$&')
    // Brackets alone are text (`ingress[0]`); only what makes a link of them is taken away.
    .replace(/\](?=[([:])/g, '\\]')
    // Underscores inside words mean nothing; escaping them would spoil names where the text is read raw.
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/&(?=[#A-Za-z])/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    // A mention would call people into the ticket; an empty comment keeps it from being one.
    .replace(/@(?=[A-Za-z0-9])/g, '@<!-- -->')
    .replace(/(?<![A-Za-z0-9])#(?=[0-9])/g, '\\#');
  return inline.replace(/^(?:[#+\-=[]|(\d+)(?=[.)]))/, (start, digits: string | undefined) =>
    digits === undefined ? `\\${start}` : `${digits}\\`,
  );
}

/** Text in a fixed-width span; the fence is longer than any run of backticks in it. */
export function codeSpan(text: string): string {
  if (text === '') return '';
  const fence = '`'.repeat(longestRun(text) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') || text.trim() !== text ? ' ' : '';
  return fence + pad + text + pad + fence;
}

export function codeBlock(lines: readonly string[], language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [fence + language, ...lines, fence].join('\n');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
