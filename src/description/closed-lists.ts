/** Closed lists of values that the web reads through the contract. */

export { languages, type Language, type Trilingual } from '#platform/texts/texts.ts'

/** R7. */
export const numberKinds = ['NATIONAL_SERVICE', 'REGIONAL_SERVICE', 'SWITCHBOARD'] as const
export type NumberKind = (typeof numberKinds)[number]

/**
 * Requests from the public page (R45): not offered; by a form; by a form that is printed and signed; by a form, with strong
 * identification for those who want it.
 */
export const homeAskings = ['off', 'form', 'signed', 'identified'] as const
export type HomeAsking = (typeof homeAskings)[number]

/**
 * Transcripts made by a program (R33): none; drafts for anonymised copies of recordings that are disclosed for research. Nobody
 * searches calls by them.
 */
export const transcriptUses = ['none', 'research'] as const
export type TranscriptUse = (typeof transcriptUses)[number]

export const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const
export type Weekday = (typeof weekdays)[number]
