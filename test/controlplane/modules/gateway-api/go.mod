// Where the Gateway API's CRDs come from (config/crd). Nothing is compiled, so `go mod tidy` would empty this file.
module hopwise.test/gateway-api

go 1.26.0

require sigs.k8s.io/gateway-api v1.6.3
