/**
 * Columns of the search results and their order. The register is searched by time, newest or oldest first
 * (docs/decisions/0062); another order is possible only for a result that is shown whole.
 */
import type { Contact } from '../api/shapes.ts'
import { searchColumnsKey, searchOrderKey } from '../api/machine-storage.ts'
import { locales, type Language } from '../language/language.ts'

/** In the order of the table; the first one is always shown. */
export const columnNames = ['start', 'end', 'length', 'caller', 'number', 'official', 'phone', 'recording'] as const
export type ColumnName = (typeof columnNames)[number]
/** Columns by which results can be sorted. Not the caller's number: it is masked, so the order would be meaningless. */
export const orderNames = ['start', 'length', 'number', 'official', 'recording'] as const
export type OrderName = (typeof orderNames)[number]

export interface Order {
  by: OrderName
  isDescending: boolean
}

export const newestFirst: Order = { by: 'start', isDescending: true }
export const oldestFirst: Order = { by: 'start', isDescending: false }
/** Maximum length of a result that can be shown in another order than by time. */
export const maxSortableResults = 200

/** Returns true for an order of the search itself, which applies to results of any length. */
export function isByTime({ by }: Pick<Order, 'by'>): boolean {
  return by === newestFirst.by
}

export function isOldestFirst(order: Order): boolean {
  return isByTime(order) && !order.isDescending
}

/** Returns the length of a call in milliseconds; undefined while the call is in progress. */
export function lengthOf({ startedAt, endedAt }: Contact): number | undefined {
  return endedAt == null ? undefined : Date.parse(endedAt) - Date.parse(startedAt)
}

/** Returns the contacts in an order; those without a value last, equal ones newest first. */
export function inOrder(contacts: readonly Contact[], { by, isDescending }: Order, language: Language): Contact[] {
  const { compare } = new Intl.Collator(locales[language])
  const compareBy = (a: Contact, b: Contact) => {
    const [left, right] = [valueOf(a, by), valueOf(b, by)]
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined)
    const sign = isDescending ? -1 : 1
    return sign * (typeof left === 'number' ? left - (right as number) : compare(left, right as string))
  }
  return [...contacts].sort((a, b) => compareBy(a, b) || Date.parse(b.startedAt) - Date.parse(a.startedAt))
}

function valueOf(contact: Contact, by: OrderName): string | number | undefined {
  const [first] = contact.segments
  switch (by) {
    case 'start':
      return Date.parse(contact.startedAt)
    case 'length':
      return lengthOf(contact)
    case 'number':
      return contact.number
    case 'official':
      return first?.official?.name
    case 'recording':
      return first && recordingStates.indexOf(first.recording.state)
  }
}

const recordingStates = ['available', 'restricted', 'capturing', 'expired', 'destroyed', 'none']

const defaultColumns = columnNames.filter((name) => name !== 'phone')

/** Returns the columns chosen at this machine. */
export function storedColumns(): readonly ColumnName[] {
  const chosen = (window.localStorage.getItem(searchColumnsKey) ?? '').split(' ')
  const known = columnNames.filter((name) => chosen.includes(name))
  return known.length === 0 ? defaultColumns : known
}

export function storeColumns(columns: readonly ColumnName[]): void {
  window.localStorage.setItem(searchColumnsKey, columns.join(' '))
}

/** Returns the order chosen at this machine. */
export function storedOrder(): Order {
  const [by, direction] = (window.localStorage.getItem(searchOrderKey) ?? '').split(' ')
  const known = orderNames.find((name) => name === by)
  return known ? { by: known, isDescending: direction === 'descending' } : newestFirst
}

export function storeOrder({ by, isDescending }: Order): void {
  window.localStorage.setItem(searchOrderKey, `${by} ${isDescending ? 'descending' : 'ascending'}`)
}
