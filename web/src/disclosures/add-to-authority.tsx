import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { ContactDetail, Me, UnderPurpose } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { ActStep } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { AuthorityItem, AuthoritySummary } from './disclosure-shapes.ts'
import { invalidateLists, useAuthorityList } from './use-disclosures.ts'

type ItemKind = AuthorityItem['what']

/** Adds the call shown, or one recording of it, to a disclosure of the case under which it was found. */
export function AddToAuthority({ contact, me, under }: { contact: ContactDetail; me: Me; under: UnderPurpose }) {
  const { t } = useLanguage()
  const { data, error, refetch } = useAuthorityList(me)
  const ofCase = data?.items.filter(
    ({ state, caseNumber }) => (state === 'REQUEST' || state === 'ASSESSED') && caseNumber === under.reference,
  )
  return (
    <section className="panel stack-small" aria-labelledby="contact-authority">
      <h2 id="contact-authority">{t('disclosures.add.title')}</h2>
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {ofCase?.length === 0 && (
        <p className="muted">
          {t('disclosures.add.none')} <Link to="/disclosures/authority/new">{t('disclosures.authority.enter')}</Link>
        </p>
      )}
      {ofCase && ofCase.length > 0 && <Add contact={contact} disclosures={ofCase} />}
    </section>
  )
}

function Add({ contact, disclosures }: { contact: ContactDetail; disclosures: readonly AuthoritySummary[] }) {
  const { t } = useLanguage()
  const add = $api.useMutation('post', '/api/authority-disclosures/{id}/items')
  const recordings = contact.segments.flatMap(({ recording, official }, index) =>
    recording.id && (recording.state === 'available' || recording.state === 'restricted')
      ? [
          {
            value: recording.id,
            label: t('contacts.segment.title.many', { position: index + 1, total: contact.segments.length }),
            detail: official?.name,
          },
        ]
      : [],
  )
  const [id, setId] = useState(disclosures[0]!.id)
  const [what, setWhat] = useState<ItemKind>(recordings.length > 0 ? 'BOTH' : 'IDENTIFICATION_DATA')
  const [recordingId, setRecordingId] = useState(recordings[0]?.value)
  const [added, setAdded] = useState<string>()
  const disclosure = disclosures.find((one) => one.id === id) ?? disclosures[0]!
  const withSound = what !== 'IDENTIFICATION_DATA' && recordingId !== undefined
  return (
    <>
      {added && (
        <Notice kind="success">
          <p>
            {added}{' '}
            <Link to="/disclosures/authority/$id" params={{ id: disclosure.id }} className="nowrap">
              {disclosure.number}
            </Link>
          </p>
        </Notice>
      )}
      <ActStep
        open={t('disclosures.add.open')}
        submit={t('disclosures.add.do')}
        act={add}
        request={() => ({
          params: { path: { id: disclosure.id } },
          body: { contactId: contact.id, what, ...(withSound && { recordingId }) },
        })}
        onOpen={() => add.reset()}
        onDone={({ item }) => {
          const text = t('disclosures.pick.picked', { number: disclosure.number, item, count: 1 })
          setAdded(text)
          announce(text)
          invalidateLists()
        }}
      >
        {disclosures.length > 1 ? (
          <Choice
            label={t('disclosures.pick.disclosure')}
            options={disclosures.map(({ id: value, number, authority }) => ({
              value,
              label: number,
              detail: authority,
            }))}
            value={disclosure.id}
            onChange={setId}
          />
        ) : (
          <p>{t('disclosures.add.to', { number: disclosure.number, authority: disclosure.authority })}</p>
        )}
        <Choice
          label={t('disclosures.authority.what')}
          options={(recordings.length > 0
            ? (['BOTH', 'RECORDING', 'IDENTIFICATION_DATA'] as const)
            : (['IDENTIFICATION_DATA'] as const)
          ).map((value) => ({ value, label: t(`disclosures.authority.what.${value}`) }))}
          value={what}
          onChange={(value) => setWhat(value as ItemKind)}
        />
        {what !== 'IDENTIFICATION_DATA' && recordings.length > 1 && recordingId && (
          <Choice
            label={t('disclosures.add.recording')}
            options={recordings}
            value={recordingId}
            onChange={setRecordingId}
          />
        )}
      </ActStep>
    </>
  )
}
