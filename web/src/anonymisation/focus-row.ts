/** Focuses a row, a heading or an element in it once it is on the page. Falls back to the first focusable element. */
export function focusRow(id: string, inside?: string): void {
  window.setTimeout(() => {
    const row = document.getElementById(id)
    const target = (inside && row?.querySelector<HTMLElement>(inside)) || row
    target?.scrollIntoView({ block: 'nearest' })
    target?.focus()
  })
}
