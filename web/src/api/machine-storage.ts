/** Keys of browser storage that belong to the machine, not to the signed-in person; signing out does not clear them. */
export const languageKey = 'seloste.language'
export const playerKeysKey = 'seloste.player-keys'
export const searchColumnsKey = 'seloste.search-columns'
export const searchOrderKey = 'seloste.search-order'
export const machineKeys = [languageKey, playerKeysKey, searchColumnsKey, searchOrderKey]
