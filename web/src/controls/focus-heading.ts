/**
 * Focuses a section's heading after the focused element was removed by its own action; the page's heading if the section is
 * gone too.
 */
export function focusHeading(id: string): void {
  // Runs after the replacement has rendered.
  window.setTimeout(() => (document.getElementById(id) ?? document.querySelector('h1'))?.focus())
}
