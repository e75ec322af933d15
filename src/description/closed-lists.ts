/** Values that a description can take and that need no more than their names: the web reads them through the contract. */

export const languages = ['fi', 'sv', 'en'] as const
export type Language = (typeof languages)[number]

/** Texts for people come in the two national languages and English (Language Act 423/2003). */
export type Trilingual = { fi: string; sv: string; en: string }

/** R7. */
export const numberKinds = ['NATIONAL_SERVICE', 'REGIONAL_SERVICE', 'SWITCHBOARD'] as const
export type NumberKind = (typeof numberKinds)[number]

export const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const
export type Weekday = (typeof weekdays)[number]
