/** Keys of browser storage that signing out does not clear: of the machine, and of persons' named searches. */
export const languageKey = 'seloste.language'
export const playerKeysKey = 'seloste.player-keys'
export const searchColumnsKey = 'seloste.search-columns'
export const searchOrderKey = 'seloste.search-order'
const machineKeys = [languageKey, playerKeysKey, searchColumnsKey, searchOrderKey]

const savedSearches = 'seloste.searches.'
/** Key of a person's named searches: they stay at the machine and are shown to that person alone. They name no caller. */
export const savedSearchesKey = (personId: string) => savedSearches + personId

/** Returns the keys that signing out does not clear. */
export function keptKeys(): string[] {
  return Object.keys(window.localStorage).filter((key) => machineKeys.includes(key) || key.startsWith(savedSearches))
}
