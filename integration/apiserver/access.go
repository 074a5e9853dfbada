package apiserver

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Config is access as a member of system:masters, who may do everything.
func (s *Server) Config() *rest.Config { return rest.CopyConfig(s.admin) }

// Kubeconfig is the path of a file that says the same as Config.
func (s *Server) Kubeconfig() string { return filepath.Join(s.dir, "admin.kubeconfig") }

// anonymous is access as nobody: what all other access has in common. The client's own
// rate limit is off, a test is allowed to be fast.
func (s *Server) anonymous() *rest.Config {
	return &rest.Config{
		Host:            "https://" + s.Addr(),
		TLSClientConfig: rest.TLSClientConfig{CAData: s.authority.pem},
		QPS:             -1,
	}
}

// ConfigFor is access by certificate as a user in groups, who may do what RBAC grants.
func (s *Server) ConfigFor(user string, groups ...string) (*rest.Config, error) {
	certificate, key, err := s.authority.client(user, groups...)
	if err != nil {
		return nil, err
	}
	config := s.anonymous()
	config.CertData, config.KeyData = certificate, key
	return config, nil
}

// ConfigForToken is access by a bearer token, such as a ServiceAccount's.
func (s *Server) ConfigForToken(token string) *rest.Config {
	config := s.anonymous()
	config.BearerToken = token
	return config
}

// ServiceAccountToken asks for a token of an existing ServiceAccount, valid for an hour,
// as the kubelet does for a Pod.
func (s *Server) ServiceAccountToken(ctx context.Context, namespace, name string) (string, error) {
	client, err := kubernetes.NewForConfig(s.Config())
	if err != nil {
		return "", err
	}
	request, err := client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name,
		&authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		return "", fmt.Errorf("token of ServiceAccount %s/%s: %w", namespace, name, err)
	}
	return request.Status.Token, nil
}

// KubeconfigFor writes any access to a file that lives as long as the server, readable
// by its owner only, and returns the path.
func (s *Server) KubeconfigFor(config *rest.Config) (string, error) {
	file, err := os.CreateTemp(s.dir, "*.kubeconfig")
	if err != nil {
		return "", err
	}
	if err := file.Close(); err != nil {
		return "", err
	}
	return file.Name(), s.writeKubeconfig(file.Name(), config)
}

func (s *Server) writeKubeconfig(path string, config *rest.Config) error {
	const name = "test"
	return clientcmd.WriteToFile(clientcmdapi.Config{
		Clusters: map[string]*clientcmdapi.Cluster{name: {
			Server:                   config.Host,
			CertificateAuthorityData: config.CAData,
		}},
		AuthInfos: map[string]*clientcmdapi.AuthInfo{name: {
			ClientCertificateData: config.CertData,
			ClientKeyData:         config.KeyData,
			Token:                 config.BearerToken,
		}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: name}},
		CurrentContext: name,
	}, path)
}
