import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { $api, queries } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Choice } from '../controls/choice.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { FormBuilder } from './form-builder.tsx'
import { evaluates, plansQuality, type FormContent, type QualityForm } from './quality-shapes.ts'
import { scaleText } from './scale-text.ts'

/** One form: the draft of its next version, and the published versions. */
export function FormPage() {
  return (
    <Only who={evaluates}>
      <Read />
    </Only>
  )
}

function Read() {
  const isExpert = plansQuality(useMe())
  const { t } = useLanguage()
  const { id } = useParams({ from: '/quality/forms/$id' })
  const query = $api.useQuery(
    'get',
    '/api/quality/forms/{id}',
    { params: { path: { id } } },
    { staleTime: Infinity, gcTime: 0 },
  )
  const { data, refetch } = query
  const [isChanging, setChanging] = useState(false)
  const refresh = async () => {
    setChanging(false)
    await queries.invalidateQueries({ queryKey: ['get', '/api/quality/forms'] })
    await refetch()
  }
  const content = data && (data.draft ?? (isChanging ? data.versions[0]?.content : undefined))
  return (
    <Page
      title={data?.name ?? t('quality.form')}
      crumbs={[
        { label: t('quality.title'), to: '/quality' },
        { label: t('quality.forms'), to: '/quality/forms' },
      ]}
    >
      <Loaded query={query} lines={8} />
      {data && isExpert && content && (
        <FormBuilder key={data.revision} form={data} content={content} onDone={refresh} />
      )}
      {data && isExpert && !content && data.versions.length > 0 && (
        <div className="actions">
          <Button kind="primary" onPress={() => setChanging(true)}>
            {t('quality.form.change')}
          </Button>
        </div>
      )}
      {data && data.versions.length > 0 && <Versions form={data} />}
    </Page>
  )
}

function Versions({ form }: { form: QualityForm }) {
  const { t, language } = useLanguage()
  const [chosen, setChosen] = useState(form.versions[0]?.version)
  const shown = form.versions.find(({ version }) => version === chosen) ?? form.versions[0]
  if (!shown) return null
  return (
    <section className="panel stack-small" aria-labelledby="form-versions">
      <h2 id="form-versions">{t('quality.versions')}</h2>
      <Choice
        label={t('quality.versions.choose')}
        options={form.versions.map(({ version, publishedAt }) => ({
          value: String(version),
          label: t('quality.version', { version }),
          detail: formatInstant(publishedAt, language),
        }))}
        value={String(shown.version)}
        onChange={(value) => setChosen(Number(value))}
      />
      <Content content={shown.content} language={form.language} />
    </section>
  )
}

function Content({ content, language }: { content: FormContent; language: string }) {
  const { t } = useLanguage()
  return (
    <ol className="quality-content">
      {content.sections.map((section) => (
        <li key={section.id}>
          <strong lang={language}>{section.title}</strong>{' '}
          <span className="muted">{t('quality.weight.of', { weight: section.weight })}</span>
          <ol>
            {section.questions.map((question) => (
              <li key={question.id}>
                <span lang={language}>{question.text}</span>
                <span className="second">
                  {[
                    scaleText(question.scale, t),
                    t('quality.weight.of', { weight: question.weight }),
                    ...(question.critical === 'none' ? [] : [t(`quality.critical.${question.critical}`)]),
                    ...(question.mayNotApply ? [t('quality.mayNotApply')] : []),
                    ...(question.onlyIf ? [t('quality.conditional')] : []),
                  ].join(' · ')}
                </span>
              </li>
            ))}
          </ol>
        </li>
      ))}
    </ol>
  )
}
