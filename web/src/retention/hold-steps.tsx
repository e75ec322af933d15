import type { CalendarDate } from '@internationalized/date'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { UnderPurpose } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { Step } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Hold } from './retention-shapes.ts'
import { holdUntil, lastHoldDay, todayAt } from './until.ts'

/** Renews an order: until when, and by which order. */
export function RenewHold({ hold, onDone }: { hold: Hold; onDone: () => void }) {
  const { say } = useLanguage()
  const renew = $api.useMutation('post', '/api/holds/{id}/renewals')
  const [until, setUntil] = useState<CalendarDate | null>(() => lastHoldDay(serverNowMs()))
  const [orderReference, setReference] = useState('')
  const [isTried, setTried] = useState(false)
  const submit = async () => {
    setTried(true)
    if (!until || isWrongDay(until) || orderReference.trim() === '') return false
    const body = { until: holdUntil(until, serverNowMs()), orderReference: orderReference.trim() }
    return ended(renew.mutateAsync({ params: { path: { id: hold.id } }, body }), onDone)
  }
  return (
    <Step
      open={say('holds.renew')}
      submit={say('holds.renew.do')}
      isBusy={renew.isPending}
      error={renew.error}
      onSubmit={submit}
    >
      <UntilDay until={until} onChange={setUntil} isTried={isTried} />
      <Field
        label={say('holds.order')}
        hint={say('holds.order.renew.hint')}
        error={isTried && orderReference.trim() === '' ? say('holds.order.missing') : undefined}
        value={orderReference}
        onChange={setReference}
        maxLength={64}
        autoComplete="off"
      />
    </Step>
  )
}

/** Ends an order that has been revoked, with a note on how that is known. */
export function EndHold({ hold, onDone }: { hold: Hold; onDone: () => void }) {
  const { say } = useLanguage()
  const end = $api.useMutation('post', '/api/holds/{id}/end')
  const [note, setNote] = useState('')
  const [isTried, setTried] = useState(false)
  const submit = async () => {
    setTried(true)
    if (note.trim() === '') return false
    return ended(end.mutateAsync({ params: { path: { id: hold.id } }, body: { note: note.trim() } }), onDone)
  }
  return (
    <Step
      open={say('holds.end')}
      submit={say('holds.end.do')}
      isBusy={end.isPending}
      error={end.error}
      onSubmit={submit}
    >
      <p>{say('holds.end.what')}</p>
      <Field
        label={say('holds.note')}
        hint={say('holds.note.hint')}
        error={isTried && note.trim() === '' ? say('holds.note.missing') : undefined}
        rows={2}
        value={note}
        onChange={setNote}
        maxLength={2000}
      />
    </Step>
  )
}

const empty = { orderReference: '', authority: '', provision: '' }

/** Enters an order for the call in sight, under the case it was found under. It holds at once. */
export function EnterHold({
  contactId,
  under,
  onEntered,
}: {
  contactId: string
  under: UnderPurpose
  onEntered: () => void
}) {
  const { say } = useLanguage()
  const enter = $api.useMutation('post', '/api/holds')
  const [written, setWritten] = useState(empty)
  const [covers, setCovers] = useState<Hold['covers']>('both')
  const [until, setUntil] = useState<CalendarDate | null>(() => lastHoldDay(serverNowMs()))
  const [isTried, setTried] = useState(false)
  const least: Record<keyof typeof empty, number> = { orderReference: 1, authority: 2, provision: 3 }
  const isMissing = (key: keyof typeof empty) => written[key].trim().length < least[key]
  const submit = async () => {
    setTried(true)
    const isShort = (Object.keys(empty) as (keyof typeof empty)[]).some(isMissing)
    if (isShort || !until || isWrongDay(until) || under.reference === undefined) return false
    const body = {
      contactId,
      covers,
      reference: under.reference,
      until: holdUntil(until, serverNowMs()),
      orderReference: written.orderReference.trim(),
      authority: written.authority.trim(),
      provision: written.provision.trim(),
    }
    return ended(enter.mutateAsync({ body }), () => {
      announce(say('holds.entered'))
      setWritten(empty)
      setTried(false)
      onEntered()
    })
  }
  const field = (key: keyof typeof empty, maxLength: number) => (
    <Field
      label={say(`holds.${key === 'orderReference' ? 'order' : key}`)}
      hint={say(`holds.${key === 'orderReference' ? 'order' : key}.hint`)}
      error={isTried && isMissing(key) ? say(`holds.${key === 'orderReference' ? 'order' : key}.missing`) : undefined}
      value={written[key]}
      onChange={(value) => setWritten({ ...written, [key]: value })}
      maxLength={maxLength}
      autoComplete="off"
    />
  )
  return (
    <Step
      open={say('holds.enter')}
      submit={say('holds.enter.do')}
      isBusy={enter.isPending}
      error={enter.error}
      onSubmit={submit}
    >
      <p>{say('holds.enter.what')}</p>
      {field('orderReference', 64)}
      {field('authority', 200)}
      {field('provision', 200)}
      <Choice
        label={say('holds.covers')}
        options={(['both', 'recordings', 'history'] as const).map((value) => ({
          value,
          label: say(`holds.covers.${value}`),
        }))}
        value={covers}
        onChange={(value) => setCovers(value as Hold['covers'])}
      />
      <UntilDay until={until} onChange={setUntil} isTried={isTried} />
    </Step>
  )
}

function UntilDay({
  until,
  onChange,
  isTried,
}: {
  until: CalendarDate | null
  onChange: (day: CalendarDate | null) => void
  isTried: boolean
}) {
  const { say } = useLanguage()
  return (
    <Day
      label={say('holds.until')}
      hint={say('holds.until.hint')}
      error={isTried && (!until || isWrongDay(until)) ? say('holds.until.wrong') : undefined}
      value={until}
      onChange={onChange}
    />
  )
}

function isWrongDay(day: CalendarDate): boolean {
  return day.compare(todayAt(serverNowMs())) < 0 || day.compare(lastHoldDay(serverNowMs())) > 0
}

/** True where it was done; its refusal stands with the mutation. */
async function ended(asking: Promise<unknown>, onDone: () => void): Promise<boolean> {
  const isDone = await asking.then(
    () => true,
    () => false,
  )
  if (isDone) onDone()
  return isDone
}
