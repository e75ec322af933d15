/** Focuses the element with an id once it is on the page, or the element within it that matches `selector`, if there is one. */
export function focusRow(id: string, selector?: string): void {
  window.setTimeout(() => {
    const row = document.getElementById(id)
    const target = (selector && row?.querySelector<HTMLElement>(selector)) || row
    target?.scrollIntoView({ block: 'nearest' })
    target?.focus()
  })
}
