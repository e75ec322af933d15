import type { KeyboardEvent } from 'react'

/**
 * Keys of a list of rows: up and down move between rows, from a link to a link and from a play button to a play button where the
 * next row has one; space on a link plays the row.
 */
export function onRowKeys(event: KeyboardEvent<HTMLElement>): void {
  const { target } = event
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || !(target instanceof HTMLElement)) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')]
  const at = rows.findIndex((row) => row.contains(target))
  if (at === -1) return
  const isLink = target.matches('.row-link')
  if (event.key === ' ' && isLink) {
    event.preventDefault()
    rows[at]?.querySelector<HTMLElement>('.badge-play')?.click()
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const next = step === undefined ? undefined : rows[at + step]
  if (!next || !target.matches('.row-link, .badge-play')) return
  event.preventDefault()
  const [link, play] = ['.row-link', '.badge-play'].map((one) => next.querySelector<HTMLElement>(one))
  ;((isLink ? undefined : play) ?? link)?.focus()
}
