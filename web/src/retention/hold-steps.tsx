import type { CalendarDate } from '@internationalized/date'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { UnderPurpose } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { ActStep } from '../controls/step.tsx'
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
  const renewal = () => {
    if (!until || isWrongDay(until) || orderReference.trim() === '') return undefined
    const body = { until: holdUntil(until, serverNowMs()), orderReference: orderReference.trim() }
    return { params: { path: { id: hold.id } }, body }
  }
  return (
    <ActStep
      open={t('retention.holds.renew')}
      submit={t('retention.holds.renew.do')}
      act={renew}
      request={renewal}
      onDone={onDone}
    >
      {(isTried) => (
        <>
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
        </>
      )}
    </ActStep>
  )
}

/** Ends a revoked order, with a note on the source. */
export function EndHold({ hold, onDone }: { hold: Hold; onDone: () => void }) {
  const { t } = useLanguage()
  const end = $api.useMutation('post', '/api/holds/{id}/end')
  const [note, setNote] = useState('')
  const written = note.trim()
  return (
    <ActStep
      open={t('retention.holds.end')}
      submit={t('retention.holds.end.do')}
      act={end}
      request={() => (written ? { params: { path: { id: hold.id } }, body: { note: written } } : undefined)}
      onDone={onDone}
    >
      {(isTried) => (
        <>
          <p>{t('retention.holds.end.what')}</p>
          <Field
            label={t('retention.holds.note')}
            hint={t('retention.holds.note.hint')}
            error={isTried && !written ? t('retention.holds.note.missing') : undefined}
            rows={2}
            value={note}
            onChange={setNote}
            maxLength={2000}
          />
        </>
      )}
    </ActStep>
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
  const min: Record<keyof typeof empty, number> = { orderReference: 1, authority: 2, provision: 3 }
  const isMissing = (key: keyof typeof empty) => typed[key].trim().length < min[key]
  const order = () => {
    const isShort = (Object.keys(empty) as (keyof typeof empty)[]).some(isMissing)
    if (isShort || !until || isWrongDay(until) || under.reference === undefined) return undefined
    const body = {
      contactId,
      covers,
      reference: under.reference,
      until: holdUntil(until, serverNowMs()),
      orderReference: typed.orderReference.trim(),
      authority: typed.authority.trim(),
      provision: typed.provision.trim(),
    }
    return { body }
  }
  const field = (key: keyof typeof empty, maxLength: number, isTried: boolean) => (
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
    <ActStep
      open={t('retention.holds.enter')}
      submit={t('retention.holds.enter.do')}
      act={enter}
      request={order}
      onDone={() => {
        announce(t('retention.holds.entered'))
        setTyped(empty)
        onEntered()
      }}
    >
      {(isTried) => (
        <>
          <p>{t('retention.holds.enter.what')}</p>
          {field('orderReference', 64, isTried)}
          {field('authority', 200, isTried)}
          {field('provision', 200, isTried)}
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
        </>
      )}
    </ActStep>
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
