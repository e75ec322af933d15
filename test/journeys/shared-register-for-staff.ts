// Starts one Seloste for the journeys that change people, rights and offices: each changes people whom no other journey
// uses.
import { withoutCalls } from './without-calls.ts'

export const test = withoutCalls()
