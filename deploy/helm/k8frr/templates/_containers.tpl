{{- /* The agent. Its name is k8gobgp's, so that `kubectl purelb gobgp`, `ip` and `version` find it. */ -}}
{{- define "k8frr.agent" -}}
- name: k8gobgp
  {{- include "k8frr.image" . | nindent 2 }}
  command: [k8frr-agent]
  args:
    - --log-level={{ .Values.agent.logLevel }}
    - --log-format={{ .Values.logFormat }}
  env:
    - {name: NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
    # Metrics are served on these addresses, and not on service addresses.
    - {name: NODE_IPS, valueFrom: {fieldRef: {fieldPath: status.podIPs}}}
    - {name: FRR_DAEMONS_FILE, value: /etc/frr/daemons}
    - {name: DRIFT, value: {{ .Values.agent.drift }}}
    - {name: CLEAR_PENDING, value: {{ .Values.agent.clearPending | quote }}}
    - {name: COMPAT_METRICS, value: {{ .Values.agent.compatMetrics | quote }}}
    {{- with .Values.rbac.secretSelector }}
    - {name: SECRET_SELECTOR, value: {{ . | quote }}}
    {{- end }}
    {{- if .Values.agent.templatesConfigMap }}
    - {name: TEMPLATES_DIR, value: /etc/k8frr/templates}
    {{- end }}
    {{- with .Values.agent.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  ports:
    - {name: metrics, containerPort: 7473}
    - {name: health, containerPort: 7474}
  # An agent that is not ready is never restarted for that: FRR continues with its configuration.
  startupProbe:
    httpGet: {host: 127.0.0.1, path: /healthz, port: health}
    periodSeconds: 1
    failureThreshold: 60
    timeoutSeconds: 5
  livenessProbe:
    httpGet: {host: 127.0.0.1, path: /healthz, port: health}
    periodSeconds: 20
    timeoutSeconds: 5
  readinessProbe:
    httpGet: {host: 127.0.0.1, path: /readyz, port: health}
    periodSeconds: 5
    timeoutSeconds: 5
  resources:
    {{- toYaml .Values.agent.resources | nindent 4 }}
  securityContext:
    runAsUser: 17473
    runAsGroup: 17473
    runAsNonRoot: true
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities: {drop: [ALL]}
    seccompProfile: {type: RuntimeDefault}
  volumeMounts:
    - {name: frr-config, mountPath: /etc/frr}
    - {name: frr-run, mountPath: /run/frr}
    {{- if .Values.agent.templatesConfigMap }}
    - {name: templates, mountPath: /etc/k8frr/templates, readOnly: true}
    {{- end }}
    {{- with .Values.agent.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- /* FRR: its daemons, and what starts them. docs/security.md says what each capability is for. */ -}}
{{- define "k8frr.frr" -}}
- name: frr
  {{- include "k8frr.image" . | nindent 2 }}
  command: [k8frr-frr]
  env:
    - {name: K8FRR_DRAIN, value: {{ .Values.frr.drain }}}
    - {name: K8FRR_LOG_FORMAT, value: {{ .Values.logFormat }}}
  startupProbe:
    exec: {command: [k8frr-frr, health]}
    periodSeconds: 1
    failureThreshold: 60
    timeoutSeconds: 5
  livenessProbe:
    exec: {command: [k8frr-frr, health]}
    periodSeconds: 10
    timeoutSeconds: 5
  lifecycle:
    preStop:
      exec: {command: [k8frr-frr, drain]}
  resources:
    {{- toYaml .Values.frr.resources | nindent 4 }}
  securityContext:
    runAsUser: 0
    runAsGroup: 0
    runAsNonRoot: false
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities: {drop: [ALL], add: [NET_ADMIN, NET_BIND_SERVICE, NET_RAW, SETGID, SETUID, SYS_ADMIN]}
    seccompProfile: {type: RuntimeDefault}
  volumeMounts:
    - {name: frr-config, mountPath: /etc/frr}
    - {name: frr-run, mountPath: /run/frr}
    - {name: frr-state, mountPath: /var/lib/frr}
    # FRR does not use the API server. This mount hides the pod's token from the container.
    - {name: no-token, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true}
    {{- with .Values.frr.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
