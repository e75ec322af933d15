/** What pages keep in a browser's storage for the machine and not for whoever is signed in; signing out leaves it. */
export const keptLanguage = 'seloste.language'
export const keptPlayerKeys = 'seloste.player-keys'
export const keptOnMachine = [keptLanguage, keptPlayerKeys]
