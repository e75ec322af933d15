import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import type { Appointment, RequestDetail } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Checks } from '../controls/checks.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { focusWrong } from '../controls/focus-wrong.ts'
import { Notice } from '../controls/notice.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Need } from './office-shapes.ts'
import { OfferedTimes } from './offered-times.tsx'

/** Minimum number of offered times, at several offices where possible (AC16). */
const minOffered = 3

/** Books a time, or moves to another: free times of the offices side by side, before the destruction date. */
export function BookTime({
  request,
  booked,
  onBooked,
}: {
  request: RequestDetail
  booked: Appointment | undefined
  onBooked: () => void
}) {
  const { t } = useLanguage()
  const [isOpen, setOpen] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  if (!isOpen) {
    return (
      <Button
        kind={request.appointments.length > 0 ? 'secondary' : 'primary'}
        ref={opener}
        aria-expanded={false}
        onPress={() => setOpen(true)}
      >
        {t(booked ? 'offices.book.move' : 'offices.book.open')}
      </Button>
    )
  }
  return (
    <Offer
      request={request}
      booked={booked}
      onBooked={() => {
        setOpen(false)
        onBooked()
      }}
      onClose={() => {
        setOpen(false)
        window.setTimeout(() => opener.current?.focus())
      }}
    />
  )
}

function Offer({
  request,
  booked,
  onBooked,
  onClose,
}: {
  request: RequestDetail
  booked: Appointment | undefined
  onBooked: () => void
  onClose: () => void
}) {
  const { t, language } = useLanguage()
  const { data, error, isPending, refetch } = $api.useQuery(
    'get',
    '/api/requests/{id}/slots',
    { params: { path: { id: request.id } } },
    { staleTime: 0 },
  )
  const book = $api.useMutation('post', '/api/requests/{id}/appointments')
  const [slotId, setSlot] = useState('')
  const [needs, setNeeds] = useState<Need[]>(booked?.needs ?? [])
  const [interpreterLanguage, setInterpreter] = useState(booked?.interpreterLanguage ?? '')
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  const lead = useRef<HTMLParagraphElement>(null)
  const isTried = tries > 0
  const lacksLanguage = needs.includes('INTERPRETER') && interpreterLanguage.trim() === ''
  const isOffered = data?.items.some(({ id }) => id === slotId) ?? false

  useEffect(() => lead.current?.focus(), [])
  useEffect(() => {
    if (tries === 0) return
    const time = form.current?.querySelector<HTMLElement>('.offered[data-invalid] input[type=radio]')
    if (time) time.focus()
    else focusWrong(form.current)
  }, [tries])

  const submit = async () => {
    if (!isOffered || lacksLanguage) return setTries((one) => one + 1)
    const withInterpreter = needs.includes('INTERPRETER') && { interpreterLanguage: interpreterLanguage.trim() }
    const body = { slotId, needs, ...withInterpreter }
    const done = await book.mutateAsync({ params: { path: { id: request.id } }, body }).then(
      () => true,
      () => false,
    )
    if (done) return onBooked()
    // Somebody else may have booked it: reads the free times again.
    void refetch()
  }
  const hasFew = data?.latest !== undefined && data.items.length < minOffered
  return (
    <SubmitForm
      ref={form}
      className="step-form booking stack-small"
      aria-label={t(booked ? 'offices.book.move' : 'offices.book.open')}
      isBusy={book.isPending}
      onSubmit={submit}
    >
      <p ref={lead} tabIndex={-1} className="measure booking-lead">
        {data?.latest
          ? t('offices.book.latest', { time: formatInstant(data.latest, language) })
          : t(booked ? 'offices.book.move' : 'offices.book.open')}
      </p>
      {isPending && <Waiting lines={4} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && data.latest === undefined && <Notice kind="info">{t('offices.book.nothing')}</Notice>}
      {hasFew && (
        <Notice kind="warning">
          <p>{t(data.items.length === 0 ? 'offices.book.none' : 'offices.book.few', { count: data.items.length })}</p>
          <p>
            <Link to="/offices">{t('offices.title')}</Link>
          </p>
        </Notice>
      )}
      {data && data.items.length > 0 && (
        <OfferedTimes
          slots={data.items}
          value={isOffered ? slotId : null}
          onChange={setSlot}
          error={isTried && !isOffered ? t('offices.book.time.missing') : undefined}
        />
      )}
      {data && data.items.length > 0 && (
        <>
          <Checks
            label={t('offices.appointment.needs')}
            options={data.needs.map((need) => ({ value: need, label: t(`offices.need.${need}`) }))}
            value={needs}
            onChange={(chosen) => setNeeds(data.needs.filter((need) => chosen.includes(need)))}
          />
          {needs.includes('INTERPRETER') && (
            <Field
              label={t('offices.book.interpreter')}
              hint={t('offices.book.interpreter.hint')}
              value={interpreterLanguage}
              onChange={setInterpreter}
              error={isTried && lacksLanguage ? t('offices.book.interpreter.missing') : undefined}
              maxLength={60}
              autoComplete="off"
            />
          )}
          {needs.includes('TRANSCRIPT') && <p className="muted measure">{t('offices.book.transcript')}</p>}
        </>
      )}
      {book.error != null && <Failure error={book.error} />}
      <div className="actions">
        {data && data.items.length > 0 && (
          <Button type="submit" kind="primary" isBusy={book.isPending}>
            {t(booked ? 'offices.book.move.do' : 'offices.book.do')}
          </Button>
        )}
        <Button kind="secondary" onPress={onClose}>
          {t('shell.cancel')}
        </Button>
      </div>
    </SubmitForm>
  )
}
