# Builds and tests everything, then puts archives with checksums into $(BUILD)/release: RELEASING.md. RELEASE=try allows an
# unreleased version and changed files; RELEASE_STEPS then chooses the steps.
.PHONY: release
release:
	@MAKE='$(MAKE)' RELEASE='$(RELEASE)' RELEASE_STEPS='$(RELEASE_STEPS)' sh static/release.sh '$(VERSION)' '$(BUILD)'
