{{- define "seloste.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "seloste.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "seloste.labels" -}}
app.kubernetes.io/name: seloste
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Takes a list of the root and a role. */}}
{{- define "seloste.selector" -}}
app.kubernetes.io/name: seloste
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* What every pod is: a list of the root and a role. */}}
{{- define "seloste.pod" -}}
{{- $root := index . 0 -}}
{{- $role := index . 1 -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ index $root.Values.users $role }}
  runAsGroup: {{ $root.Values.users.group }}
  fsGroup: {{ $root.Values.users.group }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* What every container is: a list of the root and a role. */}}
{{- define "seloste.container" -}}
{{- $root := index . 0 -}}
image: {{ include "seloste.image" $root | quote }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* The environment of a role: a list of the root and a role. */}}
{{- define "seloste.environment" -}}
{{- $root := index . 0 -}}
{{- $role := index . 1 -}}
- { name: SELOSTE_DATA, value: /var/lib/seloste }
- { name: SELOSTE_RUN, value: /run/seloste }
- { name: NODE_COMPILE_CACHE, value: /tmp/compiled }
- name: DATABASE_URL
  valueFrom: { secretKeyRef: { name: {{ $root.Values.secrets.database }}, key: {{ $role }} } }
{{- range $name, $value := $root.Values.settings }}
{{- if ne (toString $value) "" }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}
{{- end }}

{{- define "seloste.objectsClaim" -}}
{{- .Values.objects.existingClaim | default (printf "%s-objects" (include "seloste.name" .)) -}}
{{- end }}

{{/* Asks the role itself, at its socket, whether it answers. */}}
{{- define "seloste.probe" -}}
exec: { command: [seloste, healthy, --role, {{ . }}] }
periodSeconds: 20
timeoutSeconds: 10
{{- end }}
