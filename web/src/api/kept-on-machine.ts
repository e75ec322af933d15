/** Keys of browser storage that belong to the machine, not to the signed-in person; signing out does not clear them. */
export const keptLanguage = 'seloste.language'
export const keptPlayerKeys = 'seloste.player-keys'
export const keptOnMachine = [keptLanguage, keptPlayerKeys]
