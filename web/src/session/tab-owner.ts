/**
 * Owner of a browser tab: its data, typed text and URL belong to the last signed-in person, who may return. For another
 * person the tab is reset.
 */
import { clearSearchWords } from './search-words.ts'

const storageKey = 'seloste.person'
let person = window.sessionStorage.getItem(storageKey) ?? undefined

/** Returns true if another person was signed in in this tab before. */
export function belongsToAnother(personId: string): boolean {
  return person !== undefined && person !== personId
}

/** Marks the tab as this person's, also after a reload. */
export function bindTab(personId: string): void {
  person = personId
  window.sessionStorage.setItem(storageKey, personId)
}

/** Clears the tab's storage and search words at sign-out; the rest of its memory is not visible to anybody. */
export function clearTab(): void {
  window.sessionStorage.clear()
  clearSearchWords()
}

/** Loads the start page, which discards everything of the earlier person. */
export function resetTab(): void {
  clearTab()
  // Suppresses "unsaved changes" questions of the earlier person's forms.
  window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), { capture: true })
  window.location.replace('/')
}
