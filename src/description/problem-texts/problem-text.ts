import { type Trilingual } from '../register-description.ts'

export type ProblemText = { message: Trilingual; remedy: Trilingual }
