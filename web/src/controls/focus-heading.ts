/**
 * Brings the focus back to a section's heading, where what had it has just gone by its own doing; to the page's where the
 * section is gone too.
 */
export function focusHeading(id: string): void {
  // After what replaces it is on the page.
  window.setTimeout(() => (document.getElementById(id) ?? document.querySelector('h1'))?.focus())
}
