{{- define "k8frr.labels" -}}
app.kubernetes.io/name: k8frr
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "k8frr.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (ternary "lbnodeagent" .Values.fullnameOverride (eq .Values.mode "sidecar")) }}
{{- end }}

{{- define "k8frr.subjects" -}}
subjects:
  - kind: ServiceAccount
    name: {{ include "k8frr.serviceAccount" . }}
    namespace: {{ .Release.Namespace }}
{{- end }}

{{- define "k8frr.image" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{- /* The labels of the pods that agents are in. */ -}}
{{- define "k8frr.podLabels" -}}
{{- if eq .Values.mode "sidecar" -}}
app.kubernetes.io/component: lbnodeagent
{{- else -}}
app.kubernetes.io/name: k8frr
{{- end }}
{{- end }}

{{- define "k8frr.policies" -}}
{{- if eq .Values.rbac.admissionPolicies "always" }}yes{{ end -}}
{{- if and (eq .Values.rbac.admissionPolicies "auto") (.Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy") }}yes{{ end -}}
{{- end }}
