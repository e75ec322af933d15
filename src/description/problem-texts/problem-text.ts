import type { Trilingual } from '../closed-lists.ts'

export type ProblemText = { message: Trilingual; remedy: Trilingual }
