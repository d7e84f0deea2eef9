package needs

import (
	"slices"
	"strings"
	"testing"

	"scopeaudit/audit/scopes"
)

// TestRPCs holds the table of RPCs to the catalogue: each method of an API is
// named by one row, or said to be called by none.
func TestRPCs(t *testing.T) {
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, api := range readRPCs(rpcLines) {
		rows := map[string]int{}
		for rpc, methods := range api.methods {
			for _, id := range methods {
				rows[id]++
				if !slices.Equal(cat.Permitting(id), cat.Permitting(methods[0])) {
					t.Errorf("%s: %s and %s are permitted by different scopes, so that one cannot stand for the other", rpc, methods[0], id)
				}
			}
		}
		for _, id := range api.absent {
			rows[id]++
		}
		for id := range cat.IDs() {
			if strings.HasPrefix(id, api.name+".") && rows[id] != 1 {
				t.Errorf("%s stands in %d rows", id, rows[id])
			}
			delete(rows, id)
		}
		for id := range rows {
			t.Errorf("%s is not in the catalogue", id)
		}
		if len(api.packages) == 0 || len(api.methods) == 0 {
			t.Errorf("%s has no packages, or no RPCs", api.name)
		}
		for _, name := range api.packages {
			if !cloudWords.in([]byte(name+".")) && !cloudWords.in([]byte(name+"/")) {
				t.Errorf("no word tells that a source names %s", name)
			}
		}
	}
}

func TestClientsOfRPCs(t *testing.T) {
	x := &Index{rpcs: readRPCs(rpcLines)}
	for name, want := range map[string]string{
		"google.apps.chat_v1.ChatServiceClient":                                          "chat",
		"google.apps.chat.ChatServiceAsyncClient":                                        "chat",
		"google.apps.meet_v2beta.services.spaces_service.SpacesServiceClient":            "meet",
		"google.analytics.data_v1beta.BetaAnalyticsDataClient.from_service_account_file": "analyticsdata",
		"@google-apps/meet.v2.ConferenceRecordsServiceClient":                            "meet",
		"com.google.apps.events.subscriptions.v1.SubscriptionsServiceClient.create":      "workspaceevents",
		"cloud.google.com/go/apps/meet/apiv2.NewSpacesRESTClient":                        "meet",
		"google.apps.chat_v1.ListSpacesRequest":                                          "",
		"google.apps.chat_v1.ChatServiceClient.common_project_path":                      "",
		"google.apps.chatter_v1.ChatServiceClient":                                       "",
		"google.apps.card_v1.Card":                                                       "",
		"com.google.chat.v1.ChatServiceSettings.newBuilder":                              "",
	} {
		got := ""
		for _, v := range (&engine{index: x}).cloudClient(name, nil) {
			got = v.api
		}
		if got != want {
			t.Errorf("%s makes a client of %q, want %q", name, got, want)
		}
	}
}

func TestCloudLibrary(t *testing.T) {
	for name, want := range map[string]string{
		"google.cloud.storage.Client":                                "google.cloud.storage",
		"google.cloud.speech_v1.SpeechClient":                        "google.cloud.speech",
		"google.shopping.merchant_products_v1.ProductsServiceClient": "google.shopping.merchant_products",
		"@google-cloud/storage.Storage":                              "@google-cloud/storage",
		"@google-cloud/speech.v1.SpeechClient":                       "@google-cloud/speech",
		"com.google.cloud.storage.StorageOptions.newBuilder":         "com.google.cloud.storage",
		"com.google.cloud.speech.v1.SpeechClient.create":             "com.google.cloud.speech",
		"cloud.google.com/go/secretmanager/apiv1.NewClient":          "cloud.google.com/go/secretmanager",
		"cloud.google.com/go/storage.NewClient":                      "cloud.google.com/go/storage",
	} {
		if got := cloudLibrary(name); got != want {
			t.Errorf("the library of %s is %q, want %q", name, got, want)
		}
	}
}
