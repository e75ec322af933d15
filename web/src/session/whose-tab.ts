/**
 * Whose a browser tab is: what it has loaded, what is typed in it and its address are of the person who was signed in last,
 * who may come back to it. In: who is signed in. Out: for anybody else, the tab begins anew. Never here: what is kept.
 */
import { forgetSought } from './sought.ts'

const kept = 'seloste.person'
let person = window.sessionStorage.getItem(kept) ?? undefined

/** True where somebody else was signed in in this tab before. */
export function isOfAnother(personId: string): boolean {
  return person !== undefined && person !== personId
}

/** The tab is this person's, also when it is loaded again. */
export function keepFor(personId: string): void {
  person = personId
  window.sessionStorage.setItem(kept, personId)
}

/** Whoever signs out takes along what the tab's storage has of them and what they searched for; what else is in its memory nobody sees. */
export function clearTab(): void {
  window.sessionStorage.clear()
  forgetSought()
}

/** Loads the tab at the start page, and with that ends all that it had of the person before. */
export function beginAnew(): void {
  clearTab()
  // What somebody has typed and not saved asks to stay: of those who come after them, too.
  window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), { capture: true })
  window.location.replace('/')
}
