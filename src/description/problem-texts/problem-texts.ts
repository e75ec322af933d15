/**
 * What is said of each problem, and what to do, in Finnish, Swedish and English. In: a code. Out: two sentences with
 * places in braces. Never here: a check, or a word of the program's own (the readers are those who write and decide).
 */
import { accessTexts } from './access-texts.ts'
import { editTexts } from './edit-texts.ts'
import { numberTexts } from './number-texts.ts'
import { planTexts } from './plan-texts.ts'
import { registerTexts } from './register-texts.ts'
import { shapeTexts } from './shape-texts.ts'
import { successionTexts } from './succession-texts.ts'

/** By code; codes are stable, because people and programs quote them. */
export const problemTexts = {
  ...shapeTexts,
  ...registerTexts,
  ...accessTexts,
  ...numberTexts,
  ...planTexts,
  ...successionTexts,
  ...editTexts,
} as const

export type ProblemCode = keyof typeof problemTexts

/** The names in braces of a code's sentences. */
export type Placeholders<Code extends ProblemCode> = Names<
  (typeof problemTexts)[Code]['message']['fi'] | (typeof problemTexts)[Code]['remedy']['fi']
>

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
