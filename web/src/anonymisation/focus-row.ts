/**
 * Brings the focus to a row or a heading, or to something in it, once it is on the page: to the first that can have it where
 * what is asked for is not there.
 */
export function focusRow(id: string, inside?: string): void {
  window.setTimeout(() => {
    const row = document.getElementById(id)
    const target = (inside && row?.querySelector<HTMLElement>(inside)) || row
    target?.scrollIntoView({ block: 'nearest' })
    target?.focus()
  })
}
