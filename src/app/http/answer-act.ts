import type { FastifyReply } from 'fastify'
import { refuse, type RefusalCode } from './refuse.ts'

interface ActRefusal {
  refused: RefusalCode
  of?: string
}

/** Answers an act that gives nothing back: that it was done, or its refusal. */
export function answerAct(reply: FastifyReply, done: 'done' | ActRefusal) {
  return done === 'done' ? reply.code(204).send(null) : refuseAct(reply, done)
}

/** With what the database said it is about: a field, a question, the items, the instant before which a day must lie. */
export function refuseAct(reply: FastifyReply, { refused, of }: ActRefusal) {
  return refuse(reply, refused, of === undefined ? {} : { field: of })
}
