import type { CalendarDate } from '@internationalized/date'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { UnderPurpose } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { finishRequest } from '../disclosures/finish-request.ts'
import { Step } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Hold } from './retention-shapes.ts'
import { holdUntil, lastHoldDay, todayAt } from './hold-dates.ts'

/** Renews an order: new end, and the order it is based on. */
export function RenewHold({ hold, onDone }: { hold: Hold; onDone: () => void }) {
  const { t } = useLanguage()
  const renew = $api.useMutation('post', '/api/holds/{id}/renewals')
  const [until, setUntil] = useState<CalendarDate | null>(() => lastHoldDay(serverNowMs()))
  const [orderReference, setReference] = useState('')
  const [isTried, setTried] = useState(false)
  const submit = async () => {
    setTried(true)
    if (!until || isWrongDay(until) || orderReference.trim() === '') return false
    const body = { until: holdUntil(until, serverNowMs()), orderReference: orderReference.trim() }
    return finishRequest(renew.mutateAsync({ params: { path: { id: hold.id } }, body }), onDone)
  }
  return (
    <Step
      open={t('retention.holds.renew')}
      submit={t('retention.holds.renew.do')}
      isBusy={renew.isPending}
      error={renew.error}
      onSubmit={submit}
    >
      <UntilDay until={until} onChange={setUntil} isTried={isTried} />
      <Field
        label={t('retention.holds.order')}
        hint={t('retention.holds.order.renew.hint')}
        error={isTried && orderReference.trim() === '' ? t('retention.holds.order.missing') : undefined}
        value={orderReference}
        onChange={setReference}
        maxLength={64}
        autoComplete="off"
      />
    </Step>
  )
}

/** Ends a revoked order, with a note on the source. */
export function EndHold({ hold, onDone }: { hold: Hold; onDone: () => void }) {
  const { t } = useLanguage()
  const end = $api.useMutation('post', '/api/holds/{id}/end')
  const [note, setNote] = useState('')
  const [isTried, setTried] = useState(false)
  const submit = async () => {
    setTried(true)
    if (note.trim() === '') return false
    return finishRequest(end.mutateAsync({ params: { path: { id: hold.id } }, body: { note: note.trim() } }), onDone)
  }
  return (
    <Step
      open={t('retention.holds.end')}
      submit={t('retention.holds.end.do')}
      isBusy={end.isPending}
      error={end.error}
      onSubmit={submit}
    >
      <p>{t('retention.holds.end.what')}</p>
      <Field
        label={t('retention.holds.note')}
        hint={t('retention.holds.note.hint')}
        error={isTried && note.trim() === '' ? t('retention.holds.note.missing') : undefined}
        rows={2}
        value={note}
        onChange={setNote}
        maxLength={2000}
      />
    </Step>
  )
}

const empty = { orderReference: '', authority: '', provision: '' }

/** Enters an order for the shown call, under the case it was found under. In force at once. */
export function EnterHold({
  contactId,
  under,
  onEntered,
}: {
  contactId: string
  under: UnderPurpose
  onEntered: () => void
}) {
  const { t } = useLanguage()
  const enter = $api.useMutation('post', '/api/holds')
  const [typed, setTyped] = useState(empty)
  const [covers, setCovers] = useState<Hold['covers']>('both')
  const [until, setUntil] = useState<CalendarDate | null>(() => lastHoldDay(serverNowMs()))
  const [isTried, setTried] = useState(false)
  const min: Record<keyof typeof empty, number> = { orderReference: 1, authority: 2, provision: 3 }
  const isMissing = (key: keyof typeof empty) => typed[key].trim().length < min[key]
  const submit = async () => {
    setTried(true)
    const isShort = (Object.keys(empty) as (keyof typeof empty)[]).some(isMissing)
    if (isShort || !until || isWrongDay(until) || under.reference === undefined) return false
    const body = {
      contactId,
      covers,
      reference: under.reference,
      until: holdUntil(until, serverNowMs()),
      orderReference: typed.orderReference.trim(),
      authority: typed.authority.trim(),
      provision: typed.provision.trim(),
    }
    return finishRequest(enter.mutateAsync({ body }), () => {
      announce(t('retention.holds.entered'))
      setTyped(empty)
      setTried(false)
      onEntered()
    })
  }
  const field = (key: keyof typeof empty, maxLength: number) => (
    <Field
      label={t(`retention.holds.${key === 'orderReference' ? 'order' : key}`)}
      hint={t(`retention.holds.${key === 'orderReference' ? 'order' : key}.hint`)}
      error={
        isTried && isMissing(key) ? t(`retention.holds.${key === 'orderReference' ? 'order' : key}.missing`) : undefined
      }
      value={typed[key]}
      onChange={(value) => setTyped({ ...typed, [key]: value })}
      maxLength={maxLength}
      autoComplete="off"
    />
  )
  return (
    <Step
      open={t('retention.holds.enter')}
      submit={t('retention.holds.enter.do')}
      isBusy={enter.isPending}
      error={enter.error}
      onSubmit={submit}
    >
      <p>{t('retention.holds.enter.what')}</p>
      {field('orderReference', 64)}
      {field('authority', 200)}
      {field('provision', 200)}
      <Choice
        label={t('retention.holds.covers')}
        options={(['both', 'recordings', 'history'] as const).map((value) => ({
          value,
          label: t(`retention.holds.covers.${value}`),
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
  const { t } = useLanguage()
  return (
    <Day
      label={t('retention.holds.until')}
      hint={t('retention.holds.until.hint')}
      error={isTried && (!until || isWrongDay(until)) ? t('retention.holds.until.wrong') : undefined}
      value={until}
      onChange={onChange}
    />
  )
}

function isWrongDay(day: CalendarDate): boolean {
  return day.compare(todayAt(serverNowMs())) < 0 || day.compare(lastHoldDay(serverNowMs())) > 0
}
