import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { $api, queries } from '../api/client.ts'
import { Choice } from '../controls/choice.tsx'
import { Field } from '../controls/field.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatDate } from '../format/instant.ts'
import { languages, type Language } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { evaluates, plansQuality } from './quality-shapes.ts'

/** Lomakkeet: evaluation forms and their versions. */
export function FormsPage() {
  return (
    <Only who={evaluates}>
      <Forms />
    </Only>
  )
}

function Forms() {
  const isExpert = plansQuality(useMe())
  const { t, language } = useLanguage()
  const query = $api.useQuery('get', '/api/quality/forms', undefined, { staleTime: 0 })
  const { data } = query
  return (
    <Page
      title={t('quality.forms')}
      lead={t('quality.forms.lead')}
      crumbs={[{ label: t('quality.title'), to: '/quality' }]}
    >
      <Loaded query={query} lines={4} />
      {isExpert && data && <NewForm />}
      {data?.items.length === 0 && <p className="muted">{t('quality.forms.none')}</p>}
      {data && data.items.length > 0 && (
        <ul className="cards" aria-label={t('quality.forms')}>
          {data.items.map((form) => (
            <li key={form.id} className="card">
              <p className="card-title disclosure-title">
                <Link to="/quality/forms/$id" params={{ id: form.id }} className="row-link" lang={form.language}>
                  {form.name}
                </Link>
                <span className="badge badge-none">{t(`shell.language.${form.language}`)}</span>
                {form.hasDraft && <span className="badge badge-restricted">{t('quality.form.draft')}</span>}
              </p>
              <p className="second">
                {form.version !== undefined && form.publishedAt
                  ? t('quality.form.published', {
                      version: form.version,
                      date: formatDate(form.publishedAt, language),
                    })
                  : t('quality.form.unpublished')}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Page>
  )
}

function NewForm() {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const begin = $api.useMutation('post', '/api/quality/forms')
  const [name, setName] = useState('')
  const [formLanguage, setFormLanguage] = useState<Language>('fi')
  return (
    <section className="panel panel-narrow stack-small">
      <ActStep
        kind="primary"
        open={t('quality.form.begin')}
        submit={t('quality.form.begin.do')}
        act={begin}
        request={() => (name.trim() ? { body: { name: name.trim(), language: formLanguage } } : undefined)}
        onDone={async ({ id }) => {
          await queries.invalidateQueries({ queryKey: ['get', '/api/quality/forms'] })
          await navigate({ to: '/quality/forms/$id', params: { id } })
        }}
      >
        {(isTried) => (
          <>
            <Field
              label={t('quality.form.name')}
              error={isTried && name.trim() === '' ? t('quality.name.missing') : undefined}
              value={name}
              onChange={setName}
              maxLength={200}
              autoComplete="off"
            />
            <Choice
              label={t('quality.form.language')}
              hint={t('quality.form.language.hint')}
              options={languages.map((value) => ({ value, label: t(`shell.language.${value}`) }))}
              value={formLanguage}
              onChange={(value) => setFormLanguage(value as Language)}
            />
          </>
        )}
      </ActStep>
    </section>
  )
}
