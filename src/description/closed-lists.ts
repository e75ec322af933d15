/** Closed lists of values that the web reads through the contract. */

export { languages, type Language, type Trilingual } from '#platform/texts/texts.ts'

/** R7. */
export const numberKinds = ['NATIONAL_SERVICE', 'REGIONAL_SERVICE', 'SWITCHBOARD'] as const
export type NumberKind = (typeof numberKinds)[number]

export const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const
export type Weekday = (typeof weekdays)[number]
