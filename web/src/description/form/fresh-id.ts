import { readAt } from '../edits.ts'

/** `rule-3`: an id that no other item has. */
export function freshId(start: string, items: readonly unknown[]): string {
  const taken = items.map((item) => readAt(item, ['id']))
  for (let number = items.length + 1; ; number += 1) {
    const id = `${start}-${number}`
    if (!taken.includes(id)) return id
  }
}
