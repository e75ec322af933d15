import { useLayoutEffect, useRef, type ReactNode } from 'react'

type Named = { 'aria-label': string } | { 'aria-labelledby': string }

/**
 * Region of a table that may be wider than the page: it scrolls sideways. On a phone each row is a block, and each of its cells
 * has the name of its column beside it.
 */
export function WideTable({ children, ...named }: Named & { children: ReactNode }) {
  const region = useRef<HTMLDivElement>(null)
  // After every render, because rows and the language change.
  useLayoutEffect(() => {
    const table = region.current?.querySelector('table')
    const heads = [...(table?.tHead?.rows[0]?.cells ?? [])].map(({ textContent }) => textContent)
    for (const row of table?.querySelectorAll<HTMLTableRowElement>(':is(tbody, tfoot) > tr') ?? []) {
      for (const cell of row.querySelectorAll('td')) {
        const head = cell.colSpan === 1 ? heads[cell.cellIndex] : ''
        if (head) cell.dataset['head'] = head
        else delete cell.dataset['head']
      }
    }
  })
  return (
    <div ref={region} className="scroll wide-table" tabIndex={0} role="region" {...named}>
      {children}
    </div>
  )
}
