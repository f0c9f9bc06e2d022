# Every program in one process, for many.t: their objects without main().
MANY := $(BUILD)/tests/many/many

$(MANY): tests/server/many.c $(TOGETHER) $(LIB) $(ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(WRAPPED) $(TOGETHER_NAMES) -MMD -MP -MF $@.d -o $@ $(filter %.c %.o,$^) \
	    $(LIB) $(SMALL_LIBS) $(CURL_LIBS) $(QR_LIBS) $(JPEG_LIBS) $(PNG_LIBS)

check-programs: $(MANY)
